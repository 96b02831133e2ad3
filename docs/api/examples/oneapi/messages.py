from oneapi import call

# Where the program is. Keep it where it survives a restart; None: from the oldest kept message.
after = None
seen = set()  # ids: a message may come twice
while True:
    answer = call("GET", "/messages", after=after, limit=50)
    page = answer.json()
    for message in page["results"]:
        if message["id"] not in seen:
            seen.add(message["id"])
            print(message["sequence"], message["type"], message["subject"])
    after = page["next_after"]
    if answer.headers["Poll-After"] != "0":
        break  # everything is read; a program waits so many seconds and goes on
print(f"go on after {after}")
