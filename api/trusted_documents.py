"""Trusted documents: clients send the id of a document that the server was given before, not its text.

The ids and texts come from the manifest that a client's build writes: Relay's ``persistConfig`` and
graphql-codegen's client preset write ``{id: text}``, Apollo's generator an object with ``operations``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from api.errors import Fault, MalformedRequest, PersistedQueryNotSupported
from domain.errors import SetupError

_LONGEST = 64 * 2**20
_HASH = "sha256:"


class UnknownDocument(Fault):
    """There is no trusted document with the id that the client sent, or the text is not one of them."""

    code = "UNKNOWN_DOCUMENT"
    status = 400


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """Texts by id; with ``only``, nothing else is executed."""

    texts: Mapping[str, str] = field(default_factory=dict)
    only: bool = False
    _known: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", frozenset(self.texts.values()))

    def text_of(self, payload: Mapping[str, object], extensions: Mapping[str, object]) -> str:
        """The document of a request: its ``query``, or the one with its ``documentId``.

        ``documentId`` goes by the id of the manifest, with or without ``sha256:`` before it. The hash of an
        automatic persisted query is taken for such an id.

        Raises
        ------
        MalformedRequest
            When there is neither, or both, or one of the wrong type.
        UnknownDocument
            When the id is unknown, or the text is not trusted and has to be.
        PersistedQueryNotSupported
            When there is only the hash of an unknown automatic persisted query; such clients send the text
            then.
        """
        query, document_id = payload.get("query"), payload.get("documentId")
        if document_id is not None:
            if query is not None:
                raise MalformedRequest("Send either `query` or `documentId`, not both.")
            if not isinstance(document_id, str):
                raise MalformedRequest("`documentId` must be a string.")
            return self._by_id(document_id)
        if query is None and "persistedQuery" in extensions:
            return self._by_hash(extensions["persistedQuery"])
        if not isinstance(query, str) or not query:
            raise MalformedRequest("`query` must be a string with a GraphQL document.")
        if self.only and query not in self._known:
            raise UnknownDocument(
                "This server executes trusted documents only, and this is not one of them: send the"
                " `documentId` of one, or have the server given the manifest of this client's build."
            )
        return query

    def _by_id(self, document_id: str) -> str:
        text = self.texts.get(document_id) or self.texts.get(document_id.removeprefix(_HASH))
        if text is None:
            raise UnknownDocument(
                "There is no trusted document with this id: the server needs the manifest of this client's"
                " build."
            )
        return text

    def _by_hash(self, persisted: object) -> str:
        found = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
        text = self.texts.get(found) if isinstance(found, str) else None
        if text is None:
            raise PersistedQueryNotSupported
        return text


def load_trusted_documents(paths: Sequence[Path], *, only: bool = False) -> TrustedDocuments:
    """The documents of all manifests.

    Raises
    ------
    SetupError
        When a manifest can't be read or is none, when two give one id to different documents, or when there
        is none although nothing else may be executed.
    """
    texts: dict[str, str] = {}
    for path in paths:
        for document_id, text in _manifest(path).items():
            if texts.setdefault(document_id, text) != text:
                raise SetupError(f"{path}: the id {document_id} stands for another document elsewhere.")
    if only and not texts:
        raise SetupError("Only trusted documents are to be executed, but there are none: name a manifest.")
    return TrustedDocuments(texts, only)


def _manifest(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_size > _LONGEST:
            raise SetupError(f"{path} is larger than {_LONGEST // 2**20} MiB, too large for a manifest.")
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path} can't be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise SetupError(f"{path} is not JSON: {error}.") from error
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        pairs = [
            (item.get("id"), item.get("body")) for item in content["operations"] if isinstance(item, dict)
        ]
        complete = len(pairs) == len(content["operations"])
    else:
        pairs = list(content.items()) if isinstance(content, dict) else []
        complete = isinstance(content, dict)
    texts = {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str) and key}
    if not complete or len(texts) != len(pairs):
        raise SetupError(
            f"{path} is no manifest of documents: it must be an object of texts by id, or have a list"
            " `operations` of objects with `id` and `body`."
        )
    return texts
