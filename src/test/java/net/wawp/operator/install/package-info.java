/** Tests of the chart, the manifests and the GitOps examples, with the real tools on a real API server. */
package net.wawp.operator.install;
