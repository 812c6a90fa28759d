/** The resource as users write and read it: data only, with the words of the CRD. */
package net.wawp.operator.api.v1alpha1;
