"""Conversations as models' interfaces write them: requests, answers, stored messages, marked texts."""
