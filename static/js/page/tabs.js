/* On a phone, scroll the tabs so that the open one is visible. */
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const { parentElement: tabs, offsetLeft, offsetWidth } = tab;
  tabs.scrollLeft = offsetLeft - tabs.offsetLeft - (tabs.clientWidth - offsetWidth) / 2;
}
