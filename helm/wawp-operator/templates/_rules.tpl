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
  verbs: [get]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What it may do with its Lease, in its own namespace; "create" cannot be limited to a name. */}}
{{- define "wawp-operator.leaseRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [wawp-operator]
  verbs: [get, patch]
{{- end -}}
