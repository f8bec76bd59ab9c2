"""What a party meets: its own served papers, its requests for copies, the link by which a copy is fetched."""
