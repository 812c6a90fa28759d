package net.wawp.operator.pairing;

/** One thing to do for a way to pair. A resource has one under way at a time. */
enum OfferWork {
    OfferLink,
    ReadCode,
    WriteSecret,
    DeleteSecret,
    RevokeLink
}
