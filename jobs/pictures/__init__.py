"""The pictures of photos: read from what somebody sent, written anew, kept in a storage."""
