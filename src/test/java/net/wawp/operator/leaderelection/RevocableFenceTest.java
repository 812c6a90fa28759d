package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RevocableFenceTest {

    private final AtomicBoolean leaseIsFresh = new AtomicBoolean(true);
    private final RevocableFence fence = new RevocableFence(leaseIsFresh::get);

    @Test
    void theLeaseDecidesEachTime() {
        assertThat(fence.mayAct()).isTrue();
        leaseIsFresh.set(false);
        assertThat(fence.mayAct()).isFalse();
        leaseIsFresh.set(true);
        assertThat(fence.mayAct()).isTrue();
    }

    @Test
    void onceRevokedItSaysNoWhateverTheLeaseSays() {
        fence.revoke();

        assertThat(fence.mayAct()).isFalse();
    }
}
