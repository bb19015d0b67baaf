"""Publishing: an exported dataset as a repository of the Hugging Face Hub.

Guarantees a private repository unless a public one is asked for, one commit with all files or none
of them, and no question at the terminal: the token is where `huggingface_hub` finds it (HF_TOKEN or
its cache), the address is HF_ENDPOINT or its default. The folder on the disk is only read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corollary_tools.errors import CorollaryError

# The same rows as in data/, in a form for the disk alone.
_LEFT = ("disk/*", "disk/**/*")


def check_repository(repository: str) -> None:
    """Raise CorollaryError where this cannot be OWNER/NAME on the Hub."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(repository)
    except HFValidationError as error:
        raise _misnamed(repository, str(error)) from None
    if repository.count("/") != 1:
        raise _misnamed(repository, "it has no owner")


def push_export(folder: Path, repository: str, *, private: bool = True) -> str:
    """Upload an export and return its address.

    Raises CorollaryError where the folder is no export, the Hub cannot be reached or refuses, no
    token is found, or the repository is public and a private one was asked for.
    """
    check_repository(repository)
    if not (folder / "manifest.json").is_file():
        raise CorollaryError(
            f"there is no dataset in {folder}",
            because="manifest.json is not there",
            remedy="corollary pairs RUN --export DIR --push-to-hub OWNER/NAME",
        )
    return _told(folder, repository, private)


def _told(folder: Path, repository: str, private: bool) -> str:
    from huggingface_hub import HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError

    if get_token() is None:
        raise CorollaryError(
            f"cannot push to {repository}",
            because="there is no token of the Hub: HF_TOKEN is not set and nobody logged in",
            remedy=f"hf auth login, or HF_TOKEN=... before the command; the dataset is in {folder}",
            exit_code=3,
        )
    api = HfApi()
    try:
        return _push(api, folder, repository, private)
    except HfHubHTTPError as error:
        raise _refused(folder, repository, error) from error
    except Exception as error:
        if not _is_network(error):
            raise
        raise _unreached(folder, api.endpoint, error) from error


def _push(api: Any, folder: Path, repository: str, private: bool) -> str:
    where = {"repo_id": repository, "repo_type": "dataset"}
    address = api.create_repo(**where, private=private, exist_ok=True)
    if private and not api.repo_info(**where).private:
        raise CorollaryError(
            f"{repository} is public",
            because="it was there before, and what is pushed to it everybody can see",
            remedy="--public to push all the same, or another name",
        )
    api.upload_folder(
        **where,
        folder_path=str(folder),
        commit_message="Upload a dataset of preference pairs",
        ignore_patterns=list(_LEFT),
        delete_patterns=["data/*"],
    )
    return str(address)


def _is_network(error: Exception) -> bool:
    """Whether the way to the Hub failed; its client changed its HTTP library before."""
    library = type(error).__module__.partition(".")[0]
    return isinstance(error, OSError) or library in ("httpx", "httpx2", "httpcore", "requests")


def _misnamed(repository: str, because: str) -> CorollaryError:
    return CorollaryError(
        f"{repository!r} is no repository",
        because=because,
        remedy="--push-to-hub OWNER/NAME",
    )


def _refused(folder: Path, repository: str, error: Any) -> CorollaryError:
    status = getattr(error.response, "status_code", 0)
    told = error.server_message or " ".join(str(error).split())[:200]
    remedies = {
        401: "a token that is valid: hf auth login, or HF_TOKEN=...",
        403: "a token that may write, and an owner that is yours",
        404: "an owner that exists",
    }
    remedy = remedies.get(status, "the same command again, later")
    return CorollaryError(
        f"the Hub refused to take {repository}",
        because=f"it answered {status}: {told}",
        remedy=f"{remedy}; the dataset is in {folder}",
        exit_code=3,
    )


def _unreached(folder: Path, endpoint: str, error: Exception) -> CorollaryError:
    return CorollaryError(
        f"could not reach the Hub at {endpoint}",
        because=" ".join(str(error).split())[:200] or type(error).__name__,
        remedy=f"the same command again, with a network; the dataset is in {folder}",
        exit_code=3,
    )
