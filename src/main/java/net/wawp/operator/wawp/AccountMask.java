package net.wawp.operator.wawp;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.session.PhoneNumber;

/** Hides most of the id of a WhatsApp account, which is a phone number and so personal data. */
final class AccountMask {

    private static final Pattern ID =
            Pattern.compile("\\+?(?<number>\\d{1,20})(?:[:.]\\d{1,6})?(?<domain>@[a-z.]{1,32})?");
    private static final Set<String> PHONES = Set.of("@c.us", "@s.whatsapp.net");
    private static final int SHORTEST_SHOWN = 8;
    private static final int HEAD = 2;
    private static final int TAIL = 3;

    private AccountMask() {}

    /**
     * The id with only the first two and the last three digits of its number, or with none if the number has fewer than 8. Empty for an id of
     * another form, since nobody knows what it would reveal.
     */
    static Optional<String> mask(String id) {
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String domain = matcher.group("domain");
        return Optional.of(maskNumber(matcher.group("number")) + (domain == null ? "" : domain));
    }

    /** The phone number of an id that is one: an id of another domain is a number that WhatsApp made up. */
    static Optional<PhoneNumber> number(String id) {
        Matcher matcher = ID.matcher(id);
        return matcher.matches() && (matcher.group("domain") == null || PHONES.contains(matcher.group("domain")))
                ? Optional.of(new PhoneNumber(matcher.group("number")))
                : Optional.empty();
    }

    private static String maskNumber(String number) {
        int length = number.length();
        if (length < SHORTEST_SHOWN) {
            return "•".repeat(length);
        }
        return number.substring(0, HEAD) + "•".repeat(length - HEAD - TAIL) + number.substring(length - TAIL);
    }
}
