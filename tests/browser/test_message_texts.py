"""A message's own words while they are typed: shown as they arrive, counted, or refused."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("size", ["laptop", "tablet"])
def test_words_are_shown_as_they_will_arrive(cast, visit, size):
    layla = visit(size, person=cast.layla)
    layla.open("/messages/sign_in_code")
    arabic = layla.page.locator("[data-language=ar]")
    preview = arabic.locator("[data-part=preview]")
    expect(preview).to_contain_text("رمز التحقق: 482913")
    arabic.locator("textarea").fill("مرحبًا بك، رمزك ")
    expect(preview).to_contain_text("لا تفيد الرسالة من دونها")
    arabic.get_by_role("button", name="{الرمز}", exact=True).click()
    expect(preview).to_contain_text("مرحبًا بك، رمزك 482913")
    expect(preview).to_contain_text("أجزاء الرسالة النصية: 1")
    assert layla.sideways <= 0
    layla.picture(f"message-text-{size}")
    layla.press("حفظ")
    assert "مرحبًا بك، رمزك {الرمز}" in layla.text
