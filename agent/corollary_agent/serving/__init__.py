"""Any chat model behind an OpenAI-compatible server. Needs the extra `serve`."""
