"""The worker's web chat at /chat: a page for a phone, its endpoints, and the channel that reaches it."""
