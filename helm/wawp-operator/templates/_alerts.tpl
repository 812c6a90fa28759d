{{/* The groups of alerts, for the release's namespace and with the values of each alert. */}}
{{- define "wawp-operator.alertGroups" -}}
{{- $values := .Values.metrics.prometheusRule }}
{{- $release := printf "namespace=%q" (include "wawp-operator.namespace" .) -}}
groups:
  {{- range (.Files.Get "files/alerts.yaml" | fromYaml).groups }}
  {{- $isOn := false }}
  {{- range .rules }}
  {{- $isOn = or $isOn (get $values.alerts .alert).enabled }}
  {{- end }}
  {{- if $isOn }}
  - name: {{ .name }}
    {{- with .interval }}
    interval: {{ . }}
    {{- end }}
    rules:
      {{- range $rule := .rules }}
      {{- $own := get $values.alerts $rule.alert }}
      {{- if $own.enabled }}
      {{- $threshold := get $own "threshold" | toString }}
      {{- $annotations := dict }}
      {{- range $key, $text := $rule.annotations }}
      {{- $_ := set $annotations $key ($text | replace "FOR" $own.for | replace "THRESHOLD" $threshold) }}
      {{- end }}
      {{- with $values.runbooks }}
      {{- $_ := set $annotations "runbook_url" (printf "%s#%s" . (lower $rule.alert)) }}
      {{- end }}
      - alert: {{ $rule.alert }}
        expr: |
          {{- $rule.expr | trim | replace "RELEASE" $release | replace "THRESHOLD" $threshold | nindent 10 }}
        for: {{ $own.for }}
        labels:
          {{- merge (dict) $values.alertLabels (dict "severity" $own.severity) | toYaml | nindent 10 }}
        annotations:
          {{- toYaml $annotations | nindent 10 }}
      {{- end }}
      {{- end }}
  {{- end }}
  {{- end }}
{{- end -}}
