package net.wawp.operator.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RevocableFenceTest {

    private final AtomicBoolean leaseIsFresh = new AtomicBoolean(true);
    private final RevocableFence fence = new RevocableFence(leaseIsFresh::get);

    @Test
    void theLeaseDecidesEachTime() {
        assertThat(fence.isLeader()).isTrue();
        leaseIsFresh.set(false);
        assertThat(fence.isLeader()).isFalse();
        leaseIsFresh.set(true);
        assertThat(fence.isLeader()).isTrue();
    }

    @Test
    void onceRevokedItSaysNoWhateverTheLeaseSays() {
        fence.revoke();

        assertThat(fence.isLeader()).isFalse();
    }
}
