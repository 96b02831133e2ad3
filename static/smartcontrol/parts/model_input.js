/* The vehicle model is searched for: there are hundreds. */
import { get } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../texts.js";
import { described, Labelled } from "./inputs.js";

const PAUSE = 250;
const MOST = 20;

export function ModelInput({ name, label, value, chosen, onInput, required, help, errors }) {
  const [search, setSearch] = useState("");
  const [picked, pick] = useState(null);
  const found = useModels(search);
  const shown = picked?.id === value ? picked.text : value && chosen;
  const choose = (model) => {
    pick(model);
    setSearch("");
    onInput(model.id);
  };
  return html`
    <${Labelled} name=${name} label=${label} required=${required} help=${help ?? t("model.help")} errors=${errors}>
      ${shown && html`<p class="chosen">${shown}</p>`}
      <input
        id=${name}
        type="search"
        autocomplete="off"
        placeholder=${t("model.search")}
        value=${search}
        onInput=${(event) => setSearch(event.target.value)}
        ...${described(name, { help: true, errors })}
      />
      <div role="status">${found?.trouble && html`<p class="help">${t("network.needed")}</p>`}
      ${found?.models?.length === 0 && html`<p class="help">${t("model.none")}</p>`}</div>
      ${
        found?.models?.length > 0 &&
        html`
        <ul class="rows">
          ${found.models.map((model) => html`<li key=${model.id}><button type="button" class="row" onClick=${() => choose(model)}>${model.text}</button></li>`)}
        </ul>
      `
      }
    <//>
  `;
}

function useModels(search) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    if (search.trim().length < 2) {
      setFound(null);
      return undefined;
    }
    const over = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const path = `vehicle-models/?search=${encodeURIComponent(search.trim())}&page_size=${MOST}`;
        const { data } = await get(path, { signal: over.signal });
        setFound({ models: data.results.map((model) => ({ id: model.id, text: textOf(model) })) });
      } catch {
        if (!over.signal.aborted) setFound({ trouble: true });
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [search]);
  return found;
}

function textOf(model) {
  return `${model.brand} ${model.model} (${model.built_from}–${model.built_to ?? ""})`;
}
