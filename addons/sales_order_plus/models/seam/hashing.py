import hashlib
import json


def get_hash(data):
    """Return the hex SHA-256 of plain data, however its keys are sorted."""
    text = json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()
