"""Facts and a definition become DOCX, PDF/A and a sealed original; rendering runs in limited worker processes."""
