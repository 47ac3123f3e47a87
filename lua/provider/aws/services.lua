--- What is true of a whole service, so that no handler has to say it again.
--- Codes are Lua patterns.

return {
  ec2 = {
    gone = { "%.NotFound$", "^NatGatewayNotFound$" },
    exists = {
      "%.Duplicate$", "^Resource%.AlreadyAssociated$", "^RouteAlreadyExists$", "%.Conflict$",
    },
    busy = { "^IncorrectState$", "^IncorrectInstanceState$" },
    later = {
      codes = { "^DependencyViolation$", "InUse$", "^IncorrectState$", "^OperationInProgress$" },
      deadline_ms = 20 * 60 * 1000, -- network interfaces outlive what they belonged to by minutes
    },
    tagging = { add = "CreateTags", remove = "DeleteTags", ids = "Resources" },
  },
  iam = {
    gone = { "^NoSuchEntity$" },
    exists = { "^EntityAlreadyExists$" },
    busy = { "^ConcurrentModification$", "^EntityTemporarilyUnmodifiable$" },
    later = { codes = { "^DeleteConflict$" }, deadline_ms = 15 * 1000 },
  },
  ssm = {
    gone = { "^ParameterNotFound$", "^InvalidResourceId$" },
    exists = { "^ParameterAlreadyExists$" },
    busy = { "^TooManyUpdates$" },
    later = { codes = {}, deadline_ms = 0 },
  },
}
