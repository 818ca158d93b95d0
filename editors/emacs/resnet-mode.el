;;; resnet-mode.el --- texts of resnet-dsl  -*- lexical-binding: t -*-
;; Colours, comments and indentation; with Eglot (part of Emacs 29) the language server as well.
(require 'resnet-words)

(defvar resnet-font-lock
  `(("\\_<\\(network\\|block\\|slot\\|stage\\|let\\)\\_>[ \t]+\\(\\(?:\\sw\\|\\s_\\)+\\)"
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    (,(concat (regexp-opt resnet-called 'symbols) "[ \t]*\\(?:(\\|->\\)") 1 font-lock-function-name-face)
    (,(concat "->[ \t]*" (regexp-opt resnet-called 'symbols)) 1 font-lock-function-name-face)
    ("\\(\\_<\\(?:\\sw\\|\\s_\\)+\\)[ \t]*=[^=]" 1 font-lock-variable-name-face)
    ("\\_<\\(?:true\\|false\\)\\_>" . font-lock-constant-face)
    (,(regexp-opt resnet-keywords 'symbols) . font-lock-keyword-face)))

(defvar resnet-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    table))

(defun resnet-indent-line ()
  "Two columns for each brace that is open; `resnet-dsl fmt' does the rest."
  (interactive)
  (let* ((depth (save-excursion (back-to-indentation) (car (syntax-ppss))))
         (closing (save-excursion (back-to-indentation) (looking-at "[])}]"))))
    (indent-line-to (* 2 (max 0 (if closing (1- depth) depth))))))

;;;###autoload
(define-derived-mode resnet-mode prog-mode "resnet"
  "Texts of resnet-dsl."
  (setq-local comment-start "# " comment-end "" font-lock-defaults '(resnet-font-lock)
              indent-line-function #'resnet-indent-line))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.resnet\\'" . resnet-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(resnet-mode . ("resnet-dsl" "lsp"))))

(provide 'resnet-mode)
;;; resnet-mode.el ends here
