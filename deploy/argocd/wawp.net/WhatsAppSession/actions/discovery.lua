-- The actions on a session in Argo CD. If Git sets spec.suspend, the next sync sets it again.
local suspended = obj.spec.suspend == true
return {
  ["poll-now"] = { displayName = "Poll now" },
  ["suspend"] = { displayName = "Suspend", disabled = suspended },
  ["resume"] = { displayName = "Resume", disabled = not suspended },
}
