"""That a browser does say it when a page tries what its policy forbids."""

import logging

import pytest
from django.core.cache import cache
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import executable

PATIENCE = 300


@pytest.mark.browser
def test_a_script_that_got_into_a_page_is_refused_and_reported(
    live_server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    at_once = ["--no-sandbox"]
    with caplog.at_level(logging.WARNING), sync_playwright() as playwright:
        cache.clear()  # of reports that another test has counted
        browser = playwright.chromium.launch(executable_path=executable(), args=at_once)
        page = browser.new_page()
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
        browser.close()
    assert "Content policy: script-src-elem was refused inline on account_login" in caplog.text
    assert "zq999998" not in caplog.text
