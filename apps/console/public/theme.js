// Runs before the first paint, so that a dark console never flashes white.
;(() => {
  const wanted = localStorage.getItem('theme')
  const dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
