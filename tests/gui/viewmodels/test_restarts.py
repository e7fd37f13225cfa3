"""When an engine that was lost is started again."""

from gui.viewmodels.restarts import DELAYS_SECONDS, MOST, WITHIN_SECONDS, Restarts


def test_each_loss_waits_longer_and_the_sixth_within_a_minute_is_the_last() -> None:
    restarts = Restarts()
    delays = [restarts.delay(float(second)) for second in range(MOST + 1)]
    assert delays[:4] == list(DELAYS_SECONDS)
    assert delays[4] == DELAYS_SECONDS[-1]
    assert delays[5] is None


def test_losses_of_long_ago_do_not_count() -> None:
    restarts = Restarts()
    assert [restarts.delay(n * WITHIN_SECONDS) for n in range(3 * MOST)] == [DELAYS_SECONDS[0]] * (3 * MOST)


def test_the_user_may_try_again() -> None:
    restarts = Restarts()
    for _ in range(MOST + 1):
        restarts.delay(0.0)
    restarts.forget()
    assert restarts.delay(0.0) == DELAYS_SECONDS[0]
