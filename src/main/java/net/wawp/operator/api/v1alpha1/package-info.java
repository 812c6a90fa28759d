/** The resource as users write and read it: data only, in the words of the CRD. */
package net.wawp.operator.api.v1alpha1;
