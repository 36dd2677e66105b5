"""All initiatives of the demo, in the order in which they were proposed."""

from domain.demo.bets import BETS
from domain.demo.content import Work
from domain.demo.lights_on import LIGHTS_ON
from domain.demo.overhead import OVERHEAD

INITIATIVES: tuple[Work, ...] = (*BETS, *LIGHTS_ON, *OVERHEAD)
