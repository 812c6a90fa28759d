{{/*
Memory by the number of sessions. Measured, see docs/sizing.md: the heap holds 13 MiB without any session and 2.4 MiB for 1,000 of them, all else of the
process takes 130 MiB. The rest is room for the start, for scrapes of the metrics and for the page cache.
*/}}

{{/* The largest heap, in MiB. */}}
{{- define "wawp-operator.heap" -}}
{{- add 24 (div (add (mul 5 (int64 .Values.sessions)) 999) 1000) -}}
{{- end -}}

{{/* A memory limit of the user's own: the image then takes half of it for the heap. */}}
{{- define "wawp-operator.ownMemoryLimit" -}}
{{- dig "limits" "memory" "" .Values.resources -}}
{{- end -}}

{{- define "wawp-operator.javaOptions" -}}
{{- $options := list -}}
{{- $isOwnHeap := or (contains "-Xmx" .Values.jvm.extraOptions) (contains "RAMPercentage" .Values.jvm.extraOptions) -}}
{{- if and $isOwnHeap (not (include "wawp-operator.ownMemoryLimit" .)) -}}
{{- fail "jvm.extraOptions sets the heap: set resources.limits.memory too, with 160Mi and more beside the heap" -}}
{{- end -}}
{{- if not (include "wawp-operator.ownMemoryLimit" .) -}}
{{- $heap := include "wawp-operator.heap" . | int64 -}}
{{- $options = list (printf "-Xmx%dm" $heap) (printf "-Xmn%dm" (max 8 (div $heap 8))) -}}
{{- end -}}
{{- with .Values.jvm.extraOptions }}{{ $options = append $options . }}{{ end -}}
{{- join " " $options -}}
{{- end -}}

{{- define "wawp-operator.resources" -}}
{{- if include "wawp-operator.ownMemoryLimit" . -}}
{{- toYaml .Values.resources -}}
{{- else -}}
{{- $memory := dict "memory" (printf "%dMi" (add 160 (include "wawp-operator.heap" . | int64))) -}}
{{- mergeOverwrite (dict "limits" $memory "requests" $memory | deepCopy) (deepCopy .Values.resources) | toYaml -}}
{{- end -}}
{{- end -}}
