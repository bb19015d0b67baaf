"""Chat models that a provider or an OpenAI-compatible server runs. Needs the extra `hosted`."""
