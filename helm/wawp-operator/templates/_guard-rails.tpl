{{/* The requests that a guard rail judges. Takes root and the list of operations. */}}
{{- define "wawp-operator.guardRailMatch" -}}
failurePolicy: Fail
matchConstraints:
  resourceRules:
    - apiGroups: [wawp.net]
      apiVersions: ["*"]
      resources: [whatsappsessions]
      operations: {{ toJson .operations }}
{{- end -}}

{{/*
True for a request that sets or changes the spec. All others must pass: the operator writes finalizers
to resources that are older than the guard rail.
*/}}
{{- define "wawp-operator.guardRailSpecChanges" -}}
request.operation == 'CREATE' || object.spec != oldObject.spec
{{- end -}}

{{/* Binds a guard rail to the namespaces that the operator serves. Takes root and the suffix of the policy's name. */}}
{{- define "wawp-operator.guardRailBinding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "wawp-operator.clusterMetadata" . | nindent 2 }}
spec:
  policyName: {{ include "wawp-operator.clusterName" .root }}-{{ .suffix }}
  validationActions: {{ toJson .root.Values.guardRails.validationActions }}
  {{- with .root.Values.watchNamespaces }}
  matchResources:
    namespaceSelector:
      matchExpressions:
        - {key: kubernetes.io/metadata.name, operator: In, values: {{ toJson . }}}
  {{- end }}
{{- end -}}
