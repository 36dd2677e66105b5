"""Descriptions of what every entity has, so that it reads the same everywhere."""

VERSION = "Counts the changes; for `expectedVersion`."
CREATED_AT = "When it was created."
UPDATED_AT = "When it was last changed."
ARCHIVED_AT = "When it was taken out of use; null while it is in use."

CLIENT_ID = "A UUID of the client's choice: repeating the mutation with it creates nothing new."
EXPECTED_VERSION = "The version that the client has seen: refuse the change if it is no longer current."

WHERE_ARCHIVED_AT = "When it was archived; needs `includeArchived`."
ORDER_FIELD = "What to order by."
ORDER_DIRECTION = "Which way to order."

WHAT_TO_DO = "What to do."
AS_IT_IS_NOW = "As it is now."
