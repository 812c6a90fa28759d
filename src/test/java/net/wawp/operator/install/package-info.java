/** The chart, the manifests and what else installs the operator, tried with the real tools on a real API server. */
package net.wawp.operator.install;
