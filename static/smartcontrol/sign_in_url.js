/* Signing in happens on the website's own pages, which lead back to the screen that was open. */
export function signInUrl() {
  const back = `/smartcontrol/${location.hash}`;
  return `/accounts/login/?next=${encodeURIComponent(back)}`;
}
