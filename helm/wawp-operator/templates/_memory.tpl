{{/*
Memory by the number of sessions. Measured, see docs/measurements.md: the heap holds 13 MiB without any session and 2.3 MiB for 1,000 of them, 2.9 MiB once
somebody requested something of each; all else of the process takes 120 MiB. The rest is room for the start, for scrapes of the metrics and for the page cache.
*/}}

{{/* The largest heap, in MiB. */}}
{{- define "wawp-operator.heap" -}}
{{- add 24 (div (add (mul 4 (int64 .Values.sessions)) 999) 1000) -}}
{{- end -}}

{{/* A memory limit of the user's own: the image then takes half of it for the heap. */}}
{{- define "wawp-operator.ownMemoryLimit" -}}
{{- dig "limits" "memory" "" .Values.resources -}}
{{- end -}}

{{- define "wawp-operator.javaOptions" -}}
{{- $options := list -}}
{{- if contains "MaxRAMPercentage" .Values.jvm.extraOptions -}}
{{- fail "jvm.extraOptions sets -XX:MaxRAMPercentage, which has no effect: the image's own comes after it; set the heap by -Xmx" -}}
{{- end -}}
{{- if and (regexMatch "-Xmx|MaxHeapSize" .Values.jvm.extraOptions) (not (include "wawp-operator.ownMemoryLimit" .)) -}}
{{- fail "jvm.extraOptions sets the heap: set resources.limits.memory too, with 160Mi and more beside the heap" -}}
{{- end -}}
{{- if not (include "wawp-operator.ownMemoryLimit" .) -}}
{{- $heap := include "wawp-operator.heap" . | int64 -}}
{{- $options = list (printf "-Xmx%dm" $heap) (printf "-Xmn%dm" (min 16 (max 8 (div $heap 8)))) -}}
{{- end -}}
{{- with .Values.jvm.extraOptions }}{{ $options = append $options . }}{{ end -}}
{{- join " " $options -}}
{{- end -}}

{{/* The bytes of a quantity such as 200Mi, 0.5G or 1e9. A number that YAML knows comes here as 2.097152e+08. */}}
{{- define "wawp-operator.bytes" -}}
{{- $factors := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 -}}
{{- $factors = merge $factors (dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976) -}}
{{- $number := regexFind "^[0-9.]+([eE][+-]?[0-9]+)?" (toString .) -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number (toString .)) | default 1) -}}
{{- end -}}

{{- define "wawp-operator.resources" -}}
{{- $resources := deepCopy .Values.resources -}}
{{- $origin := "resources.limits.memory" -}}
{{- if not (include "wawp-operator.ownMemoryLimit" .) -}}
{{- $memory := dict "memory" (printf "%dMi" (add 160 (include "wawp-operator.heap" . | int64))) -}}
{{- $resources = mergeOverwrite (dict "limits" $memory "requests" $memory | deepCopy) $resources -}}
{{- $origin = printf "the limit for %d sessions" (int64 .Values.sessions) -}}
{{- end -}}
{{- $request := dig "requests" "memory" 0 $resources -}}
{{- $limit := $resources.limits.memory -}}
{{- if gt (include "wawp-operator.bytes" $request | float64) (include "wawp-operator.bytes" $limit | float64) -}}
{{- fail (printf "resources.requests.memory is %v, more than %s, which is %v: lower it, or set resources.limits.memory" $request $origin $limit) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}
