-- The health of a WhatsAppSession for Argo CD. Argo CD gives scripts no string library.
-- A session that waits for a person to scan the QR code fails a sync. Where it should not, set this to false.
local pairing_fails_a_sync = true

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "The resource is being deleted" }
end

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to poll the session" }
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  conditions[condition.type] = condition
end

local ready = conditions.Ready
if ready == nil then
  return { status = "Progressing", message = "Waiting for the operator to poll the session" }
end

local message = ready.reason .. ": " .. ready.message
if ready.reason == "Suspended" then
  return { status = "Suspended", message = message }
end
if ready.reason == "PairingRequired" and not pairing_fails_a_sync then
  return { status = "Healthy", message = message }
end
if conditions.Stalled ~= nil and conditions.Stalled.status == "True" then
  return { status = "Degraded", message = message }
end
if ready.status == "True" then
  return { status = "Healthy", message = message }
end
return { status = "Progressing", message = message }
