# Is a message genuine? Its body as it arrived is in body.json, its headers are in ID, TIMESTAMP and SIGNATURE.
set -euo pipefail
key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
made=$(printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$(cat "${BODY:-body.json}")" |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
case " $SIGNATURE " in
  *" v1,$made "*) echo genuine ;;
  *) echo forged && exit 1 ;;
esac
