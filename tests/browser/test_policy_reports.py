"""That a browser does say it when a page tries what its policy forbids."""

import logging

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

PATIENCE = 300


@pytest.mark.browser
def test_a_script_that_got_into_a_page_is_refused_and_reported(
    chromium: Browser, live_server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        cache.clear()  # of reports that another test has counted
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{live_server.url}/sign-in/login/")
        page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.gotIn = 'zq999998'";
            document.body.append(script);
        }""")
        assert page.evaluate("window.gotIn") is None
        for _ in range(PATIENCE):  # the browser sends it by itself, and not as part of the page
            if "Content policy" in caplog.text:
                break
            page.wait_for_timeout(100)
        context.close()
    assert "Content policy: script-src-elem was refused inline on account_login" in caplog.text
    assert "zq999998" not in caplog.text
