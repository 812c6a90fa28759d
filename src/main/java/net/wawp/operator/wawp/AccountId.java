package net.wawp.operator.wawp;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.wawp.operator.session.PhoneNumber;

/**
 * The id of a WhatsApp account, which contains a phone number and so is personal data: it is shown {@link #masked} alone.
 *
 * @param domain with its {@code @}; may be empty
 */
record AccountId(String number, String domain) {

    private static final Pattern ID =
            Pattern.compile("\\+?(?<number>\\d{1,20})(?:[:.]\\d{1,6})?(?<domain>@[a-z.]{1,32}|)");
    private static final Set<String> OF_PHONES = Set.of("", "@c.us", "@s.whatsapp.net");
    private static final int SHORTEST_SHOWN = 8;
    private static final int HEAD = 2;
    private static final int TAIL = 3;

    /** Empty for an id of another form, since nobody knows what it would reveal. */
    static Optional<AccountId> parse(String text) {
        Matcher matcher = ID.matcher(text);
        return matcher.matches()
                ? Optional.of(new AccountId(matcher.group("number"), matcher.group("domain")))
                : Optional.empty();
    }

    /** With only the first two and the last three digits of its number, or with none if the number has fewer than 8. */
    String masked() {
        int length = number.length();
        if (length < SHORTEST_SHOWN) {
            return "•".repeat(length) + domain;
        }
        return number.substring(0, HEAD) + "•".repeat(length - HEAD - TAIL) + number.substring(length - TAIL) + domain;
    }

    /** The phone number of an id that is one: an id of another domain is a number that WhatsApp made up. */
    Optional<PhoneNumber> phone() {
        return OF_PHONES.contains(domain) ? Optional.of(new PhoneNumber(number)) : Optional.empty();
    }

    @Override
    public String toString() {
        return masked();
    }
}
