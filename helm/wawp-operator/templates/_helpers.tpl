{{- define "wawp-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
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

{{/* Name of cluster-scoped objects. Two releases of the same name in two namespaces need two names. */}}
{{- define "wawp-operator.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "wawp-operator.fullname" .) | trunc 200 | trimSuffix "-" -}}
{{- end -}}

{{- define "wawp-operator.serviceAccountName" -}}
{{- default (ternary (include "wawp-operator.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "wawp-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "wawp-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
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
name: {{ default (include "wawp-operator.fullname" .root) .name }}
namespace: {{ default .root.Release.Namespace .namespace }}
{{ include "wawp-operator.labelsAndAnnotations" . }}
{{- end -}}

{{/* Metadata of a cluster-scoped object; the suffix tells objects of one kind apart. */}}
{{- define "wawp-operator.clusterMetadata" -}}
name: {{ include "wawp-operator.clusterName" .root }}{{ with .suffix }}-{{ . }}{{ end }}
{{ include "wawp-operator.labelsAndAnnotations" . }}
{{- end -}}

{{- define "wawp-operator.image" -}}
{{- $name := .Values.image.repository -}}
{{- with .Values.image.registry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The service account as the subject of a binding. */}}
{{- define "wawp-operator.subject" -}}
kind: ServiceAccount
name: {{ include "wawp-operator.serviceAccountName" . }}
namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* Combinations that the schema cannot tell apart. */}}
{{- define "wawp-operator.validate" -}}
{{- if and (not .Values.leaderElection.enabled) (gt (int .Values.replicas) 1) -}}
{{- fail "leaderElection.enabled is false, so replicas must be 0 or 1: two operators without an election would call Wawp twice" -}}
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
{{- end -}}
