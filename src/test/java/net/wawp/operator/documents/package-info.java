/** Compares the documents with the code. */
package net.wawp.operator.documents;
