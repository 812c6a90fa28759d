/** From a decision to the status of the resource, by the Kubernetes API conventions and kstatus. Pure. */
package net.wawp.operator.status;
