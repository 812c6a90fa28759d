-- Requests a poll now; what else a request does depends on the reason at the time.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["wawp.net/requestedAt"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
return obj
