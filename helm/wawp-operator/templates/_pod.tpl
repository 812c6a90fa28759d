{{/* The operator's settings as environment variables. */}}
{{- define "wawp-operator.env" -}}
- name: WAWP_BASE_URL
  value: {{ .Values.wawp.baseUrl | quote }}
{{- if .Values.wawp.allowHttp }}
- name: WAWP_ALLOW_HTTP
  value: "true"
{{- end }}
- name: WAWP_CREDENTIALS_STYLE
  value: {{ .Values.wawp.credentialsStyle | quote }}
- name: WAWP_REQUEST_TIMEOUT
  value: {{ .Values.wawp.requestTimeout | quote }}
- name: WAWP_MAX_CALLS_PER_SECOND
  value: {{ .Values.wawp.maxCallsPerSecond | quote }}
- name: WAWP_MAX_CONCURRENT_POLLS
  value: {{ .Values.wawp.maxConcurrentPolls | quote }}
{{- with .Values.wawp.proxy.url }}
- name: WAWP_PROXY_URL
  value: {{ . | quote }}
{{- end }}
{{- if .Values.wawp.proxy.secret }}
- name: WAWP_PROXY_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.wawp.proxy.secret | quote }}
      key: {{ .Values.wawp.proxy.key | quote }}
{{- end }}
{{- if include "wawp-operator.hasCa" . }}
- name: WAWP_CA_FILE
  value: {{ printf "/etc/wawp-operator/ca/%s" .Values.wawp.ca.key | quote }}
{{- end }}
- name: WAWP_POLL_INTERVAL
  value: {{ .Values.pollInterval | quote }}
{{- with .Values.watchNamespaces }}
- name: WAWP_WATCH_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.shard.name }}
- name: WAWP_SHARD
  value: {{ . | quote }}
{{- end }}
{{- if .Values.shard.required }}
- name: WAWP_SHARD_REQUIRED
  value: "true"
{{- end }}
{{- with .Values.watchSelector }}
- name: WAWP_WATCH_SELECTOR
  value: {{ . | quote }}
{{- end }}
{{- if .Values.instanceClaims }}
- name: WAWP_INSTANCE_CLAIMS
  value: "true"
{{- end }}
- name: WAWP_LEADER_ELECTION
  value: {{ .Values.leaderElection.enabled | quote }}
{{- if .Values.leaderElection.enabled }}
- name: WAWP_LEASE_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: WAWP_LEASE_DURATION
  value: {{ .Values.leaderElection.leaseDuration | quote }}
- name: WAWP_LEASE_RENEW_DEADLINE
  value: {{ .Values.leaderElection.renewDeadline | quote }}
- name: WAWP_LEASE_RETRY_PERIOD
  value: {{ .Values.leaderElection.retryPeriod | quote }}
{{- end }}
- name: WAWP_HTTP_PORT
  value: {{ .Values.ports.http | quote }}
- name: WAWP_SESSION_METRICS
  value: {{ .Values.metrics.perSession | quote }}
- name: WAWP_LOG_FORMAT
  value: {{ .Values.log.format | quote }}
- name: WAWP_LOG_LEVEL
  value: {{ .Values.log.level | quote }}
{{- end -}}

{{/* "true" when there are extra certificates, else nothing. */}}
{{- define "wawp-operator.hasCa" -}}
{{- if or .Values.wawp.ca.configMap .Values.wawp.ca.secret -}}true{{- end -}}
{{- end -}}

{{/* Spread constraints: none for a single replica, and the pods' own labels where a constraint names none. */}}
{{- define "wawp-operator.topologySpread" -}}
{{- if and .Values.topologySpread.enabled (gt (int .Values.replicas) 1) -}}
{{- $selector := dict "labelSelector" (dict "matchLabels" (include "wawp-operator.selectorLabels" . | fromYaml)) -}}
{{- $overNodes := dict "maxSkew" 1 "topologyKey" "kubernetes.io/hostname" "whenUnsatisfiable" "ScheduleAnyway" "matchLabelKeys" (list "pod-template-hash") -}}
{{- range default (list $overNodes) .Values.topologySpread.constraints }}
- {{- merge (dict) . $selector | toYaml | nindent 2 }}
{{- end }}
{{- end -}}
{{- end -}}
