-- What a person may do with a session in Argo CD. A session that Git keeps suspended is suspended again at the next sync.
local suspended = obj.spec.suspend == true
return {
  ["poll-now"] = { displayName = "Poll now" },
  ["suspend"] = { displayName = "Suspend", disabled = suspended },
  ["resume"] = { displayName = "Resume", disabled = not suspended },
}
