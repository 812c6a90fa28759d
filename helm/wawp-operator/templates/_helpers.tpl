{{- define "wawp-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Not the name of the operator's pods: the Service must not lead to the pod of "helm test". */}}
{{- define "wawp-operator.testName" -}}
{{- printf "%s-test" (include "wawp-operator.name" . | trunc 58 | trimSuffix "-") -}}
{{- end -}}

{{- define "wawp-operator.fullname" -}}
{{- $name := include "wawp-operator.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Namespace of the namespaced objects. */}}
{{- define "wawp-operator.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* Name of cluster-scoped objects. Two releases of the same name in two namespaces need two names. */}}
{{- define "wawp-operator.clusterName" -}}
{{- printf "%s-%s" (include "wawp-operator.namespace" .) (include "wawp-operator.fullname" .) | trunc 200 | trimSuffix "-" -}}
{{- end -}}

{{- define "wawp-operator.serviceAccountName" -}}
{{- default (ternary (include "wawp-operator.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "wawp-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "wawp-operator.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "wawp-operator.labels" -}}
{{ include "wawp-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/*
Labels and annotations of an object, the common ones included.
Takes root (the chart's scope) and, optionally, labels and annotations of this object's own.
*/}}
{{- define "wawp-operator.labelsAndAnnotations" -}}
labels:
  {{- $own := include "wawp-operator.labels" .root | fromYaml }}
  {{- merge (dict) $own (default (dict) .labels) .root.Values.commonLabels | toYaml | nindent 2 }}
{{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Metadata of a namespaced object: as above, with a name, and with a namespace other than the release's. */}}
{{- define "wawp-operator.metadata" -}}
name: {{ default (include "wawp-operator.fullname" .root) .name | quote }}
namespace: {{ default (include "wawp-operator.namespace" .root) .namespace | quote }}
{{ include "wawp-operator.labelsAndAnnotations" . }}
{{- end -}}

{{/* Metadata of a cluster-scoped object; the suffix tells objects of one kind apart. */}}
{{- define "wawp-operator.clusterMetadata" -}}
name: {{ include "wawp-operator.clusterName" .root }}{{ with .suffix }}-{{ . }}{{ end }}
{{ include "wawp-operator.labelsAndAnnotations" . }}
{{- end -}}

{{- define "wawp-operator.image" -}}
{{- $name := .Values.image.repository -}}
{{- with default .Values.image.registry .Values.global.imageRegistry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Pull secrets of this chart and of its parents, each once. A parent may give names alone. */}}
{{- define "wawp-operator.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with uniq $secrets }}
{{- toYaml . }}
{{- end -}}
{{- end -}}

{{/* The service account as the subject of a binding. */}}
{{- define "wawp-operator.subject" -}}
kind: ServiceAccount
name: {{ include "wawp-operator.serviceAccountName" . | quote }}
namespace: {{ include "wawp-operator.namespace" . | quote }}
{{- end -}}

{{/* A budget under which no node with a pod of the operator could be drained. The API server rounds percentages up. */}}
{{- define "wawp-operator.validateDisruptionBudget" -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if and $budget.enabled (gt (int .Values.replicas) 1) -}}
{{- $stay := toString $budget.minAvailable -}}
{{- $staying := hasSuffix "%" $stay | ternary (divf (mulf (trimSuffix "%" $stay) .Values.replicas) 100 | ceil) $stay -}}
{{- if ge (int $staying) (int .Values.replicas) -}}
{{- fail "podDisruptionBudget.minAvailable is all replicas or more: no node with a pod of the operator could ever be drained" -}}
{{- end -}}
{{- if and (eq $stay "") (has (toString $budget.maxUnavailable) (list "0" "0%")) -}}
{{- fail "podDisruptionBudget.maxUnavailable is 0: no node with a pod of the operator could ever be drained" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the schema cannot tell: combinations, and the bounds that the operator would refuse at its start. */}}
{{- define "wawp-operator.validate" -}}
{{- include "wawp-operator.validateDurations" . -}}
{{- if and (hasPrefix "http://" .Values.wawp.baseUrl) (not .Values.wawp.allowHttp) -}}
{{- if not (regexMatch "^http://(localhost|127([.][0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?/?$" .Values.wawp.baseUrl) -}}
{{- fail (printf "wawp.baseUrl is %s: it must be https, since access tokens would cross the network unencrypted; wawp.allowHttp=true allows it" .Values.wawp.baseUrl) -}}
{{- end -}}
{{- if or .Values.wawp.proxy.url .Values.wawp.proxy.secret -}}
{{- fail (printf "wawp.baseUrl is %s and wawp.proxy is set: use https or no proxy, since access tokens would reach the proxy unencrypted; wawp.allowHttp=true allows it" .Values.wawp.baseUrl) -}}
{{- end -}}
{{- end -}}
{{- include "wawp-operator.validateDisruptionBudget" . -}}
{{- if and (not .Values.leaderElection.enabled) (gt (int .Values.replicas) 1) -}}
{{- fail "leaderElection.enabled is false, so replicas must be 0 or 1: two operators without an election would call Wawp twice" -}}
{{- end -}}
{{- if and .Values.shard.required (not .Values.shard.name) -}}
{{- fail "shard.required is true and shard.name is empty: name the shard of this release, or it would serve the resources without the label wawp.net/shard" -}}
{{- end -}}
{{- if and .Values.wawp.proxy.url .Values.wawp.proxy.secret -}}
{{- fail "wawp.proxy.url and wawp.proxy.secret are both set: name the proxy in one of them" -}}
{{- end -}}
{{- if and .Values.wawp.ca.configMap .Values.wawp.ca.secret -}}
{{- fail "wawp.ca.configMap and wawp.ca.secret are both set: name the one that has the certificates" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- fail "metrics.serviceMonitor.enabled and metrics.podMonitor.enabled are both true: everything would be scraped twice, choose one" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.service.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs service.enabled: without the Service, use metrics.podMonitor" -}}
{{- end -}}
{{- if and (has "Deny" .Values.guardRails.validationActions) (has "Warn" .Values.guardRails.validationActions) -}}
{{- fail "guardRails.validationActions has Deny and Warn: the API server refuses that, since Deny tells the reason already; choose one" -}}
{{- end -}}
{{- if and .Values.rbac.secretNames .Values.pairing.enabled (not .Values.pairing.secretNames) -}}
{{- fail "rbac.secretNames names the only Secrets that the operator may read, so pairing.enabled needs pairing.secretNames too: <name>-pairing of each session that uses it" -}}
{{- end -}}
{{- end -}}
