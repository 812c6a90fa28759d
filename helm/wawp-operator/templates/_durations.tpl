{{/* A duration such as 1m30s in milliseconds. */}}
{{- define "wawp-operator.milliseconds" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|h|m|s)" . -1 -}}
{{- $unit := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+$" .) -}}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" .) $unit) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{/* Refuses durations that the operator would refuse at its start. */}}
{{- define "wawp-operator.validateDurations" -}}
{{- $lease := .Values.leaderElection -}}
{{- $bounds := list
  (list "pollInterval" .Values.pollInterval "5s" "24h")
  (list "wawp.requestTimeout" .Values.wawp.requestTimeout "100ms" "25s")
  (list "guardRails.pollInterval.minimum" .Values.guardRails.pollInterval.minimum "5s" "24h") -}}
{{- if $lease.enabled -}}
{{- $bounds = concat $bounds (list
  (list "leaderElection.leaseDuration" $lease.leaseDuration "2s" "10m")
  (list "leaderElection.renewDeadline" $lease.renewDeadline "1s" "10m")
  (list "leaderElection.retryPeriod" $lease.retryPeriod "100ms" "1m")) -}}
{{- end -}}
{{- range $bounds -}}
{{- $value := include "wawp-operator.milliseconds" (index . 1) | int64 -}}
{{- if or (lt $value (include "wawp-operator.milliseconds" (index . 2) | int64)) (gt $value (include "wawp-operator.milliseconds" (index . 3) | int64)) -}}
{{- fail (printf "%s is %s: it must be from %s to %s" (index . 0) (index . 1) (index . 2) (index . 3)) -}}
{{- end -}}
{{- end -}}
{{- if $lease.enabled -}}
{{- $duration := include "wawp-operator.milliseconds" $lease.leaseDuration | int64 -}}
{{- $deadline := include "wawp-operator.milliseconds" $lease.renewDeadline | int64 -}}
{{- if mod $duration 1000 -}}
{{- fail (printf "leaderElection.leaseDuration is %s: it must be whole seconds, as a Lease has them" $lease.leaseDuration) -}}
{{- end -}}
{{- if gt (add $deadline 1000 | int64) $duration -}}
{{- fail (printf "leaderElection.renewDeadline is %s: it must be shorter than leaderElection.leaseDuration, %s, by 1s or more" $lease.renewDeadline $lease.leaseDuration) -}}
{{- end -}}
{{- if gt (mul 2 (include "wawp-operator.milliseconds" $lease.retryPeriod) | int64) $deadline -}}
{{- fail (printf "leaderElection.retryPeriod is %s: it must be at most half of leaderElection.renewDeadline, %s" $lease.retryPeriod $lease.renewDeadline) -}}
{{- end -}}
{{- end -}}
{{- end -}}
