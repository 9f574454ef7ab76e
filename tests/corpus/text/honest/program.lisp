;; Queues a call until the library is there.
(defun queue-call (fn)
  (push fn (gethash 'googletag *queues*)))

(queue-call (lambda () (display "top")))
