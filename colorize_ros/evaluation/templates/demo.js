for (const film of document.querySelectorAll('.film')) {
  const { frames, seconds } = JSON.parse(film.querySelector('script').textContent);
  const image = film.querySelector('img'), at = film.querySelector('input');
  const button = film.querySelector('button');
  const period = 1000 * Math.max(seconds / frames.length, 0.1);
  let timer = null;
  const show = () => { image.src = frames[at.value]; };
  const stop = () => { clearInterval(timer); timer = null; button.textContent = 'Play'; };
  const play = () => {
    button.textContent = 'Pause';
    timer = setInterval(() => { at.value = (Number(at.value) + 1) % frames.length; show(); }, period);
  };
  button.addEventListener('click', () => timer ? stop() : play());
  at.addEventListener('input', () => { stop(); show(); });
  if (matchMedia('(prefers-reduced-motion: reduce)').matches || frames.length < 2) stop(); else play();
}
