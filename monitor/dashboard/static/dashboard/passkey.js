// A passkey that was refused or broken off is said on the page, not in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  let line = document.getElementById("passkey-failed");
  if (!line) {
    line = document.createElement("p");
    line.id = "passkey-failed";
    line.className = "note note-error";
    line.setAttribute("role", "alert");
    document.querySelector(".account")?.append(line);
    line.textContent = document.body.dataset.passkeyFailed;
  }
  line.hidden = false;
});
