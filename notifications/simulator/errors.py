"""Refusals in the form that Twilio's API gives them.

Source: www.twilio.com/docs/usage/twilios-response and www.twilio.com/docs/api/errors.
"""

_TEXTS = {
    20001: "Unknown parameters",
    20003: "Authenticate",
    20004: "Method not allowed",
    20009: "Cannot modify this resource while it is being processed",
    20404: "The requested resource {detail} was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service unavailable",
    21201: "No 'To' number is specified",
    21205: "Url is not a valid URL: {detail}",
    21210: "'From' number {detail} is not verified for your account",
    21211: "The 'To' number {detail} is not a valid phone number.",
    21212: "The 'From' number {detail} is not a valid phone number",
    21213: "A 'From' number is required.",
    21220: "Call is not in-progress. Cannot redirect.",
    21266: "'To' and 'From' number cannot be the same: {detail}",
    21421: "PhoneNumber is invalid",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number {detail} is not a valid, SMS-capable Twilio number.",
    21609: "The 'StatusCallback' URL {detail} is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number {detail} is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21624: "Validity period must be an integer between 1 and 36000 seconds.",
    21659: "{detail} is not a Twilio phone number or Short Code country mismatch",
    21701: "The Messaging Service does not exist.",
    21703: "The Messaging Service does not have a phone number available.",
}
_STATUS = {
    20003: 401,
    20004: 405,
    20009: 409,
    20404: 404,
    20429: 429,
    20500: 500,
    20503: 503,
}


class ApiError(Exception):
    """`status` is HTTP's; `code` one of Twilio's; `detail` goes into its text."""

    def __init__(self, code: int, detail: str = "", *, message: str = "") -> None:
        self.code = code
        self.status = _STATUS.get(code, 400)
        text = _TEXTS.get(code, "The request was refused")
        self.message = message or text.format(detail=detail)
        super().__init__(self.message)

    def body(self) -> dict[str, object]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
