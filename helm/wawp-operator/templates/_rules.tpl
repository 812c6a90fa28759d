{{/* What the operator may do where its sessions are: the one place for these verbs. */}}
{{- define "wawp-operator.sessionRules" -}}
- apiGroups: [wawp.net]
  resources: [whatsappsessions]
  verbs: [get, list, watch, patch]
- apiGroups: [wawp.net]
  resources: [whatsappsessions/status]
  verbs: [update]
- apiGroups: [""]
  resources: [secrets]
  {{- with .Values.rbac.secretNames }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: [get]
{{ include "wawp-operator.eventRules" . }}
{{- end -}}

{{/* Events: about sessions, and about an outage of Wawp in the operator's own namespace. */}}
{{- define "wawp-operator.eventRules" -}}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What people may do with sessions, by the name of their role. The verb logout matters only where guardRails.logout is enabled. */}}
{{- define "wawp-operator.userRules" -}}
view:
  - apiGroups: [wawp.net]
    resources: [whatsappsessions, whatsappsessions/status]
    verbs: [get, list, watch]
edit:
  - apiGroups: [wawp.net]
    resources: [whatsappsessions]
    verbs: [create, update, patch, delete, deletecollection]
admin:
  - apiGroups: [wawp.net]
    resources: [whatsappsessions]
    verbs: [logout]
{{- end -}}

{{/* What it may do with the Secrets that hold a way to pair; "create" cannot be limited to a name. */}}
{{- define "wawp-operator.pairingRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
- apiGroups: [""]
  resources: [secrets]
  {{- with .Values.pairing.secretNames }}
  resourceNames: {{ toJson . }}
  {{- end }}
  verbs: [get, update, delete]
{{- end -}}

{{/* What it may do with its Leases, in its own namespace; "create" cannot be limited to a name, and those of instances have too many. */}}
{{- define "wawp-operator.leaseRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
{{- if .Values.leaderElection.enabled }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [wawp-operator{{ with .Values.shard.name }}-{{ . }}{{ end }}]
  verbs: [get, patch]
{{- end }}
{{- if .Values.instanceClaims }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get, update]
{{- end }}
{{- end -}}
