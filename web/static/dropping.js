// A file that is dropped or chosen is sent as it is, with its progress; the answer says where its check is shown.
const GIB = 2 ** 30;

function send(form, file) {
  const bar = form.querySelector("progress");
  const fault = form.querySelector("[role=alert]");
  const tell = (text) => {
    fault.textContent = text;
    fault.hidden = !text;
    bar.hidden = Boolean(text);
  };
  tell("");
  if (!file) {
    return tell("没有选择文件。");
  }
  if (file.size === 0) {
    return tell(`“${file.name}”是空文件，没有上传。`);
  }
  if (file.size > Number(form.dataset.most) * GIB) {
    return tell(`“${file.name}”超过 ${form.dataset.most} GiB，没有上传。`);
  }
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // not ours: the general words below
    }
    if (answer.to) {
      location.assign(answer.to);
    } else {
      tell(`${answer.message || "没有传完。"}${answer.remedy || "请重试。"}`);
    }
  });
  request.addEventListener("error", () => tell("网络中断，文件没有传完。请重试。"));
  request.send(file);
}

document.querySelectorAll("[data-drop]").forEach((form) => {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input.files[0]);
  });
  for (const kind of ["dragover", "dragenter"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("desk-over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("desk-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("desk-over");
    send(form, event.dataTransfer.files[0]);
  });
});
