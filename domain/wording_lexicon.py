"""Words by which a key result gives away what it is: verbs by what they do, measures, and output that is counted.

English. Verbs are listed in their base form; ``forms`` inflects them.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHANGE_VERBS = _words(
    "increase raise grow lift boost double triple quadruple improve expand strengthen accelerate climb rise reduce"
    " cut lower decrease drop fall halve shorten shrink decline eliminate minimise minimize maximise maximize speed"
    " slash trim lessen diminish gain win attract earn sell convert reactivate recover save exceed outperform surpass"
    " go move turn prevent avoid"
)
"""The state of the world is another one afterwards."""

REACHING_VERBS = _words("reach achieve attain hit get obtain bring generate secure")
"""Something is arrived at; a measure says what."""

KEEPING_VERBS = _words(
    "keep maintain sustain hold stay remain preserve retain continue safeguard uphold protect guarantee"
)
"""The state of the world is the same afterwards."""

ACTIVITY_VERBS = _words(
    "conduct launch write migrate publish hire train implement create organise organize develop send deliver finish"
    " draft run install present visit build define attend call document introduce complete ship evaluate redesign"
    " design prepare sign start translate upgrade review plant release test host interview establish deploy produce"
    " recruit agree investigate analyse analyze refurbish automate appoint ask open post map spend perform execute"
    " facilitate schedule plan research explore study assess audit inspect survey identify select choose procure buy"
    " purchase order set roll carry kick put make give hand move integrate refactor rewrite replace retire"
    " decommission consolidate standardise standardize centralise centralize outsource prototype pilot validate"
    " verify check monitor track report update revise rework restructure reorganise reorganize rename rebrand"
    " relaunch renovate repair construct configure customise customize connect link enable provide offer share"
    " communicate inform announce advertise promote pitch negotiate contact email meet speak talk coach mentor teach"
    " educate certify onboard enrol enroll register submit file apply approve adopt formalise formalize finalise"
    " finalize close resolve fix clean collect gather compile prioritise prioritize propose recommend support assist"
    " help engage collaborate partner liaise coordinate manage lead form assemble staff fill record film print"
    " distribute pay invest allocate equip digitise digitize archive transfer switch transition scale show"
    " demonstrate discuss decide brief describe outline model simulate calculate measure benchmark compare optimise"
    " optimize lay drill dig pave paint furnish add remove extend rebuild modernise modernize overhaul hold have do"
    " commission tender shoot code programme program draw paint sketch invite celebrate experiment iterate explain"
    " clarify notify remind consult brainstorm cooperate sponsor fund fundraise patch scan label annotate tag"
    " catalogue photograph stream broadcast debug deprecate delete dismantle demolish insulate retrofit rewire repaint"
    " rent lease license patent trademark accredit reconcile rehearse exhibit curate cook vaccinate screen examine"
    " counsel tour travel bring get redraw relocate hand upload download configure migrate sort label staff merge"
    " acquire import export convene moderate nominate elect vote ratify embed rehouse resurface"
)
"""Somebody does something; whether anything changes by it stays open. ``hold`` and ``have`` need their object."""

WEAK_ACTIVITY_VERBS = _words(
    "make have do get hold give move go turn provide offer enable help support extend scale add remove resolve"
    " save show order pay bring turn lead fund screen model code share support"
)
"""These are activities unless a measure is named."""

SERVICE_VERBS = _words(
    "deliver resolve answer ship close complete process settle approve pay repair fix publish release report review"
    " register file fill check transfer submit call deploy test renew"
)
"""What an ongoing service does to many items: a share of them done in time is an outcome of the service."""

IRREGULAR: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "rise": ("rises", "rose", "risen", "rising"),
        "grow": ("grows", "grew", "grown", "growing"),
        "fall": ("falls", "fell", "fallen", "falling"),
        "cut": ("cuts", "cut", "cutting"),
        "drop": ("drops", "dropped", "dropping"),
        "shrink": ("shrinks", "shrank", "shrunk", "shrinking"),
        "win": ("wins", "won", "winning"),
        "sell": ("sells", "sold", "selling"),
        "go": ("goes", "went", "gone", "going"),
        "get": ("gets", "got", "gotten", "getting"),
        "bring": ("brings", "brought", "bringing"),
        "hit": ("hits", "hit", "hitting"),
        "keep": ("keeps", "kept", "keeping"),
        "hold": ("holds", "held", "holding"),
        "write": ("writes", "wrote", "written", "writing"),
        "rewrite": ("rewrites", "rewrote", "rewritten", "rewriting"),
        "send": ("sends", "sent", "sending"),
        "run": ("runs", "ran", "run", "running"),
        "build": ("builds", "built", "building"),
        "rebuild": ("rebuilds", "rebuilt", "rebuilding"),
        "set": ("sets", "set", "setting"),
        "put": ("puts", "put", "putting"),
        "give": ("gives", "gave", "given", "giving"),
        "make": ("makes", "made", "making"),
        "have": ("has", "had", "having"),
        "do": ("does", "did", "done", "doing"),
        "buy": ("buys", "bought", "buying"),
        "choose": ("chooses", "chose", "chosen", "choosing"),
        "spend": ("spends", "spent", "spending"),
        "teach": ("teaches", "taught", "teaching"),
        "speak": ("speaks", "spoke", "spoken", "speaking"),
        "meet": ("meets", "met", "meeting"),
        "pay": ("pays", "paid", "paying"),
        "lay": ("lays", "laid", "laying"),
        "dig": ("digs", "dug", "digging"),
        "show": ("shows", "showed", "shown", "showing"),
        "shoot": ("shoots", "shot", "shooting"),
        "ship": ("ships", "shipped", "shipping"),
        "plan": ("plans", "planned", "planning"),
        "map": ("maps", "mapped", "mapping"),
        "trim": ("trims", "trimmed", "trimming"),
        "submit": ("submits", "submitted", "submitting"),
        "refactor": ("refactors", "refactored", "refactoring"),
        "transfer": ("transfers", "transferred", "transferring"),
        "enrol": ("enrols", "enrolled", "enrolling"),
        "speed": ("speeds", "sped", "speeding"),
        "program": ("programs", "programmed", "programming"),
        "draw": ("draws", "drew", "drawn", "drawing"),
        "redraw": ("redraws", "redrew", "redrawn", "redrawing"),
        "lead": ("leads", "led", "leading"),
        "stay": ("stays", "stayed", "staying"),
    }
)

NOMINALISATIONS = _words(
    "launch relaunch rollout roll-out completion introduction implementation migration creation delivery development"
    " installation deployment publication release establishment setup set-up design redesign translation organisation"
    " organization preparation construction integration adoption definition execution go-live kick-off kickoff"
    " opening upgrade automation consolidation modernisation modernization refurbishment documentation evaluation"
    " investigation appointment recruitment pilot trial review audit test kick-start purchase procurement"
)
"""What was done, as a noun: ``launch of …``."""

MEASURES = _words(
    "rate ratio share proportion percentage time times duration cost costs price revenue sales income profit margin"
    " churn retention conversion satisfaction engagement score nps rating accuracy quality yield throughput volume"
    " latency downtime uptime availability turnover attrition absenteeism absence attendance occupancy utilisation"
    " utilization emissions footprint consumption waste traffic users customers subscribers readers visitors buyers"
    " donors members patients pupils students passengers households reliability punctuality adoption usage"
    " readmissions complaints accidents incidents injuries defects errors failures delays backlog stock-outs"
    " break-even market efficiency productivity speed dropouts returns referrals awareness trust"
)
"""Nouns for states of the world that can be measured."""

COMPOUNDING = _words(
    "rate rates ratio time times score scores accuracy coverage cost costs duration share success failure failures"
    " pass volume quality length speed errors"
)
"""After a word that is a verb or a noun, these make it a noun: ``complete rate``, ``test coverage``."""

COUNTED_OUTPUT = _words(
    "workshops interviews trainings meetings articles posts blogposts emails mailings campaigns newsletters calls"
    " features releases prototypes documents reports presentations demos visits events webinars sessions courses"
    " experiments audits surveys videos podcasts hires sprints stories commits tests pages leaflets brochures"
    " one-to-ones hackathons studies proposals dashboards integrations modules tickets appointments pilots"
)
"""What people produce: more of it is more activity."""

DELIVERABLES = _words(
    "documentation document website intranet portal app tool tools dashboard handbook manual policy policies strategy"
    " plan plans roadmap guide guidelines process processes system systems platform module prototype mvp api"
    " architecture codebase template templates concept framework model design laptop laptops software database"
    " warehouse branding logo brand programme campaign committee curriculum playbook checklist page pages feature"
    " newsletter brochure intranet files layout structure training workshop"
)
"""Nouns for what work produces; without a measure they say nothing of what changes by it."""

NUMBER_WORDS = _words(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred half"
    " third quarter thirds zero"
)


def forms(verbs: Iterable[str]) -> dict[str, str]:
    """Every form of the verbs, with its base form."""
    return {form: verb for verb in sorted(verbs) for form in (verb, *_inflected(verb))}


def participles(verbs: Iterable[str]) -> dict[str, str]:
    """The past participles of the verbs, with their base forms."""
    found = {}
    for verb in sorted(verbs):
        irregular = IRREGULAR.get(verb)
        if irregular is None:
            found[_past(verb)] = verb
        else:
            found |= {form: verb for form in irregular if not form.endswith(("s", "ing"))}
    return found


def _inflected(verb: str) -> tuple[str, ...]:
    return IRREGULAR.get(verb) or (_third_person(verb), _past(verb), _present_participle(verb))


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}ed"


def _present_participle(verb: str) -> str:
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{verb}ing"
