"""Developer and set-up scripts; the product never imports them."""
